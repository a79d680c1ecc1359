/* SPDX-License-Identifier: MIT */
/* version: of the program. */
#ifndef HOST_VERSION_H
#define HOST_VERSION_H

#define MOONLET_VERSION "0.1.0"

#endif
