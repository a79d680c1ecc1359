/* SPDX-License-Identifier: MIT */
/* main: see boot.c. */
#include "host/boot.h"

int main(int argc, char **argv)
{
    return boot_main_program(argc, argv);
}
