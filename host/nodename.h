/* SPDX-License-Identifier: MIT */
/*
 * nodename: what this node is called among others: relay.node_name, else $MOONLET_NODE_ID, $WIPPY_NODE_ID or $WIPPY_RELAY_NODE_NAME, else
 * a name that is the same whenever the application is started in this directory on this machine.
 */
#ifndef HOST_NODENAME_H
#define HOST_NODENAME_H

struct settings;

enum { NODENAME_MAX = 255 };

/* Never empty; longer names are cut. */
void nodename_find(const struct settings *settings, char name[static NODENAME_MAX + 1]);

#endif
