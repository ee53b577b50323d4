# SPDX-License-Identifier: GPL-2.0
ccflags-y += -include $(ROOT)/tools/kernel/uml_percpu.h
