/* SPDX-License-Identifier: MIT */
/*
 * module_info: what each library and module is for, and its classes: what kind of things a program can do with it. system.modules shows them;
 * who runs code that is not trusted decides by them.
 */
#ifndef STDLIB_MODULE_INFO_H
#define STDLIB_MODULE_INFO_H

struct module_info {
    const char *name;
    const char *classes; /* words with a blank between: "encoding deterministic" */
    const char *description;
};

/* NULL: nothing is known about that name. */
const struct module_info *module_info_find(const char *name);

#endif
