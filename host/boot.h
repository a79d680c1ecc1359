/* SPDX-License-Identifier: MIT */
/*
 * boot: the program behind main: reads the command line and does what it says. Returns the exit code.
 */
#ifndef HOST_BOOT_H
#define HOST_BOOT_H

int boot_main_program(int argc, char **argv);

#endif
