/* SPDX-License-Identifier: MIT */
/* main: see boot.c. */
#include <fcntl.h>
#include <unistd.h>

#include "host/boot.h"

/* Whoever starts us may have closed some of the first three: a file of our own there would be what programs read, or overwrite. */
static void fill_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= STDIN_FILENO && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    return boot_main_program(argc, argv);
}
