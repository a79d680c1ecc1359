/* SPDX-License-Identifier: MIT */
/*
 * interpolate: puts variables into the strings of a configuration: ${name} is the value of that name in its `vars` section, ${env:NAME}
 * that of the environment variable of the operating system (with |default: the default when it is not set). A string that is one
 * variable and nothing else becomes that variable's value, whatever its type.
 */
#ifndef HOST_INTERPOLATE_H
#define HOST_INTERPOLATE_H

struct configuration;
struct problems;

/*
 * Changes the whole tree. A string that came from the environment keeps that in its origin ("$NAME"), so that who wants a number
 * may take it for one.
 */
void interpolate(struct configuration *configuration, struct problems *problems);

#endif
