/* SPDX-License-Identifier: MIT */
/*
 * seeded: what --seed needs from the operating system: the same addresses in every run (Lua hashes and orders some things by address), and
 * a fixed time() while the program starts (Lua draws the seed of its string hash from it).
 */
#ifndef HOST_SEEDED_H
#define HOST_SEEDED_H

/*
 * Runs the program anew with address randomisation off, unless that has been done. Returns only if there is nothing (more) to do; -1 if
 * the system refuses to (sandboxes may), with errno set: the run is seeded then, but `pairs` orders may differ between runs.
 */
int seeded_enter(char **argv);

#endif
