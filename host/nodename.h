/* SPDX-License-Identifier: MIT */
/*
 * nodename: what this node is called among others: relay.node_name, else $MOONLET_NODE_ID, $WIPPY_NODE_ID or $WIPPY_RELAY_NODE_NAME, else
 * a name that is the same whenever the application is started in this directory on this machine. A given name is part of every PID.
 */
#ifndef HOST_NODENAME_H
#define HOST_NODENAME_H

struct settings;

enum { NODENAME_MAX = 63 };

/* The name that was given, NULL: none. */
const char *nodename_given(const struct settings *settings);

/* Why the text is no name of a node, or NULL. */
const char *nodename_problem(const char *name);

/* The given name, cut if it is too long, or the derived one. */
void nodename_find(const struct settings *settings, char name[static NODENAME_MAX + 1]);

#endif
