// SPDX-License-Identifier: MIT

// The workloads of bench/apps with goroutines and channels: gobench <workload> [arguments]
// Every figure is printed as: RESULT <metric> <value> <unit>
// Goroutines share one heap, so nothing is copied and there is no monitored form.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

func result(metric string, value float64, unit string) {
	fmt.Printf("RESULT %s %.3f %s\n", metric, value, unit)
}

func residentBytes() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			kilobytes, _ := strconv.Atoi(strings.Fields(line)[1])
			return float64(kilobytes) * 1024
		}
	}
	return 0
}

func since(start time.Time) float64 { return time.Since(start).Seconds() }

func spawn(count int) {
	var all sync.WaitGroup
	all.Add(count)
	start := time.Now()
	for i := 0; i < count; i++ {
		go func() { all.Done() }()
	}
	all.Wait()
	result("spawn", float64(count)/since(start), "/s")
}

func idle(count int) {
	runtime.GC()
	before := residentBytes()
	up := make(chan int, 1024)
	start := time.Now()
	for i := 0; i < count; i++ {
		mailbox := make(chan int, 8)
		go func() { up <- 1; <-mailbox }()
	}
	for i := 0; i < count; i++ {
		<-up
	}
	seconds := since(start)
	time.Sleep(300 * time.Millisecond)
	result("idle_bytes", (residentBytes()-before)/float64(count), "B")
	result("idle_create", float64(count)/seconds, "/s")
}

func pingpong(pairs, trips int) {
	var all sync.WaitGroup
	all.Add(pairs)
	start := time.Now()
	for i := 0; i < pairs; i++ {
		there, back := make(chan int, 1), make(chan int, 1)
		go func() {
			for v := range there {
				back <- v
			}
		}()
		go func() {
			for j := 0; j < trips; j++ {
				there <- j
				if <-back != j {
					panic("wrong answer")
				}
			}
			close(there)
			all.Done()
		}()
	}
	all.Wait()
	result("pingpong_"+strconv.Itoa(pairs), float64(pairs*trips)/since(start), "round trips/s")
}

func ring(size, hops int) {
	done, first := make(chan int), make(chan int, 1)
	in := first
	for i := 0; i < size; i++ {
		out := make(chan int, 1)
		if i == size-1 {
			out = first
		}
		go func(in, out chan int) {
			for left := range in {
				if left == 0 {
					done <- 1
					return
				}
				out <- left - 1
			}
		}(in, out)
		in = out
	}
	start := time.Now()
	first <- hops
	<-done
	result("ring", float64(hops)/since(start), "hops/s")
}

func fanin(senders, count int) {
	numbers := make(chan int, 1024)
	start := time.Now()
	for i := 0; i < senders; i++ {
		go func() {
			for j := 1; j <= count; j++ {
				numbers <- j
			}
		}()
	}
	sum := 0
	for i := 0; i < senders*count; i++ {
		sum += <-numbers
	}
	if sum != senders*(count*(count+1)/2) {
		panic("lost messages")
	}
	result("fanin", float64(senders*count)/since(start), "messages/s")
}

func preempt(samples int) {
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		go func() {
			x := 0
			for {
				x = (x*1103515245 + 12345) & 0x7fffffff
			}
		}()
	}
	late := make([]float64, samples)
	for i := range late {
		start := time.Now()
		time.Sleep(10 * time.Millisecond)
		late[i] = float64((time.Since(start) - 10*time.Millisecond).Microseconds())
	}
	sort.Float64s(late)
	index := samples*99/100 - 1
	if index < 0 {
		index = 0
	}
	result("preempt_p50", late[(samples+1)/2-1], "us")
	result("preempt_p99", late[index], "us")
	result("preempt_max", late[samples-1], "us")
}

type record struct {
	id   int
	name string
	tags []int
}

func newRecord(i int) *record {
	return &record{i, "record " + strconv.Itoa(i), []int{i, i + 1}}
}

func gcPause(megabytes, seconds int) {
	count := megabytes * 1000000 / 200
	full, stop, replaced := make(chan int), make(chan int), make(chan int)
	go func() {
		records := make([]*record, count)
		for i := range records {
			records[i] = newRecord(i)
		}
		full <- count
		for n := 1; ; n++ {
			records[n*7919%count] = newRecord(n)
			select {
			case <-stop:
				replaced <- n
				return
			default:
			}
		}
	}()
	<-full
	largest := time.Duration(0)
	last := time.Now()
	for finish := last.Add(time.Duration(seconds) * time.Second); last.Before(finish); {
		time.Sleep(time.Millisecond)
		now := time.Now()
		if gap := now.Sub(last); gap > largest {
			largest = gap
		}
		last = now
	}
	stop <- 1
	result("gc_pause", float64(largest.Microseconds()), "us")
	result("gc_churn", float64(<-replaced)/float64(seconds), "records/s")
}

func main() {
	a := make([]int, 2)
	for i, text := range os.Args[2:] {
		a[i], _ = strconv.Atoi(text)
	}
	switch os.Args[1] {
	case "spawn":
		spawn(a[0])
	case "idle_bytes":
		idle(a[0])
	case "pingpong":
		pingpong(a[0], a[1])
	case "ring":
		ring(a[0], a[1])
	case "fanin":
		fanin(a[0], a[1])
	case "preempt":
		preempt(a[0])
	case "gc_pause":
		gcPause(a[0], a[1])
	default:
		fmt.Fprintln(os.Stderr, "unknown workload "+os.Args[1])
		os.Exit(2)
	}
}
