// SPDX-License-Identifier: GPL-2.0
/*
 * znuma: run a command whose memory comes from one NUMA node.
 *
 *   znuma NODE COMMAND [ARGUMENT]...
 *
 * Only its own memory: kernel memory that is allocated for it comes from where
 * the kernel decides. Exit status: that of the command, or 2.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long nodes;

	if (argc < 3)
		return 2;
	nodes = 1UL << atoi(argv[1]);
	if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes))) {
		perror("set_mempolicy");
		return 2;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 2;
}
