package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// smi puts a program nvidia-smi on the PATH that says a text and exits with a status, as
// NVIDIA's own does.
func smi(t *testing.T, said string, status int) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"said": said, "nvidia-smi": fmt.Sprintf("#!/bin/sh\ncat '%s/said'\nexit %d\n", dir, status)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// inXML is the output of nvidia-smi -q -x, cut down to the elements that doctor reads and their
// neighbours of the same name.
func inXML(driver string, gpus ...string) string {
	return `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
	<timestamp>Mon Nov 30 20:00:00 2026</timestamp>
	<driver_version>` + driver + `</driver_version>
	<attached_gpus>1</attached_gpus>
	` + strings.Join(gpus, "") + `
</nvidia_smi_log>
`
}

const (
	h200 = `<gpu id="00000000:00:04.0">
		<product_name>NVIDIA H200</product_name>
		<product_architecture>Hopper</product_architecture>
		<mig_mode><current_mig>Disabled</current_mig><pending_mig>Disabled</pending_mig></mig_mode>
		<mig_devices>
			None
		</mig_devices>
		<fb_memory_usage><total>143771 MiB</total><reserved>612 MiB</reserved><used>0 MiB</used><free>143158 MiB</free></fb_memory_usage>
		<bar1_memory_usage><total>262144 MiB</total><used>1 MiB</used><free>262143 MiB</free></bar1_memory_usage>
		<processes>
		</processes>
	</gpu>`
	shared = `<gpu id="00000000:0C:00.0">
		<product_name>NVIDIA GeForce RTX 3080</product_name>
		<product_architecture>Ampere</product_architecture>
		<mig_mode><current_mig>N/A</current_mig><pending_mig>N/A</pending_mig></mig_mode>
		<mig_devices>
			None
		</mig_devices>
		<fb_memory_usage><total>10240 MiB</total><reserved>396 MiB</reserved><used>9184 MiB</used><free>660 MiB</free></fb_memory_usage>
		<processes>
			<process_info>
				<gpu_instance_id>N/A</gpu_instance_id>
				<compute_instance_id>N/A</compute_instance_id>
				<pid>812</pid>
				<type>C</type>
				<process_name>/usr/bin/python3 --train --lr=1e-3</process_name>
				<used_memory>9000 MiB</used_memory>
			</process_info>
			<process_info>
				<pid>900</pid>
				<type>G</type>
				<process_name>/usr/lib/xorg/Xorg</process_name>
				<used_memory>N/A</used_memory>
			</process_info>
		</processes>
	</gpu>`
	pascal = `<gpu id="00000000:43:00.0">
		<product_name>Tesla P4</product_name>
		<product_architecture>Pascal</product_architecture>
		<fb_memory_usage><total>7611 MiB</total><used>0 MiB</used><free>7611 MiB</free></fb_memory_usage>
	</gpu>`
	unified = `<gpu id="0000000F:01:00.0">
		<product_name>NVIDIA GB10</product_name>
		<product_architecture>Blackwell</product_architecture>
		<fb_memory_usage><total>N/A</total><used>N/A</used><free>N/A</free></fb_memory_usage>
	</gpu>`
)

// divided is a card in MIG's mode, with some parts of 19968 MiB.
func divided(parts int) string {
	devices := "\n"
	for i := range parts {
		devices += fmt.Sprintf(`<mig_device>
				<index>%d</index>
				<gpu_instance_id>%d</gpu_instance_id>
				<device_attributes><shared><multiprocessor_count>14</multiprocessor_count></shared></device_attributes>
				<fb_memory_usage><total>19968 MiB</total><reserved>0 MiB</reserved><used>12 MiB</used><free>19955 MiB</free></fb_memory_usage>
				<bar1_memory_usage><total>32767 MiB</total><used>0 MiB</used><free>32767 MiB</free></bar1_memory_usage>
			</mig_device>
			`, i, 3+i)
	}
	return `<gpu id="00000000:01:00.0">
		<product_name>NVIDIA A100-SXM4-80GB</product_name>
		<product_architecture>Ampere</product_architecture>
		<mig_mode><current_mig>Enabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>
		<mig_devices>` + devices + `</mig_devices>
		<fb_memory_usage><total>81920 MiB</total><reserved>870 MiB</reserved><used>50 MiB</used><free>80999 MiB</free></fb_memory_usage>
	</gpu>`
}

// Doctor tells of drivers, cards, their memory and their processes, and what to do about each.
func TestDoctorOfGPUs(t *testing.T) {
	const noDriver = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n"
	for _, c := range []struct {
		name, said string
		status     int
		lines      []string // what + ": " + found
		todo       string   // part of all advice; "" if all is well
	}{
		{"a card", inXML("580.159.03", h200), 0, []string{"NVIDIA driver: 580.159.03", "NVIDIA GPU: NVIDIA H200, 139.8 GiB of 140.4 GiB free"}, ""},
		{"no driver", noDriver, 9, []string{"NVIDIA GPU: does not answer"}, "couldn't communicate with the NVIDIA driver. Make sure"},
		{"another library", "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.95\n", 18, []string{"NVIDIA GPU: does not answer"}, "version mismatch NVML library version: 580.95\nafter an update of the driver, reboot"},
		{"old driver", inXML("535.54.03", h200), 0, []string{"NVIDIA driver: 535.54.03", "NVIDIA GPU: NVIDIA H200, 139.8 GiB of 140.4 GiB free"}, "the NVIDIA driver 535.54.03 is too old for the CUDA plugin, which needs 580 or later: update"},
		{"two processes", inXML("595.58.03", shared), 0, []string{"NVIDIA driver: 595.58.03",
			"NVIDIA GPU: NVIDIA GeForce RTX 3080, 660 MiB of 10.0 GiB free; 2 processes use it: python3 (pid 812, 8.8 GiB), Xorg (pid 900, memory unknown)"}, "little memory is free: end the other processes"},
		{"MIG", inXML("580.95.05", divided(2)), 0, []string{"NVIDIA driver: 580.95.05",
			"NVIDIA GPU: NVIDIA A100-SXM4-80GB, divided by MIG into 2 parts; cells use the first: 19.5 GiB of 19.5 GiB free, 19.5 GiB of 19.5 GiB free"}, ""},
		{"MIG without parts", inXML("580.95.05", divided(0)), 0, []string{"NVIDIA driver: 580.95.05",
			"NVIDIA GPU: NVIDIA A100-SXM4-80GB, divided by MIG into no parts"}, "nvidia-smi mig -cgi"},
		{"old card", inXML("580.95.05", h200, pascal), 0, []string{"NVIDIA driver: 580.95.05", "NVIDIA GPU: NVIDIA H200, 139.8 GiB of 140.4 GiB free", "NVIDIA GPU: Tesla P4, 7.4 GiB of 7.4 GiB free"}, "CUDA 13 does not run on Pascal cards"},
		{"memory of the machine", inXML("580.95.05", unified), 0, []string{"NVIDIA driver: 580.95.05", "NVIDIA GPU: NVIDIA GB10, memory unknown"}, ""},
		{"no card", inXML("580.95.05"), 0, []string{"NVIDIA driver: 580.95.05", "NVIDIA GPU: none: there is a driver and no card"}, ""},
		{"no XML", "Segmentation fault\n", 0, []string{"NVIDIA GPU: does not answer"}, "nvidia-smi -q -x: EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			smi(t, c.said, c.status)
			var lines, todo []string
			for _, f := range gpuFindings(context.Background()) {
				lines = append(lines, f.what+": "+f.found)
				if f.vital {
					t.Errorf("%s is vital, though cells can use the CPU", f.what)
				}
				if f.todo != "" {
					todo = append(todo, f.todo)
				}
			}
			if got, want := strings.Join(lines, "\n"), strings.Join(c.lines, "\n"); got != want {
				t.Errorf("doctor tells\n%s\nwant\n%s", got, want)
			}
			if got := strings.Join(todo, "\n"); (got == "") != (c.todo == "") || !strings.Contains(got, c.todo) {
				t.Errorf("it advises %q, want %q", got, c.todo)
			}
		})
	}
}
