// SPDX-License-Identifier: MIT

// The workloads of bench/apps with goroutines and channels: gobench <workload> [arguments]
// Every figure is printed as: RESULT <metric> <value> <unit>
// Numbers, fields, messages and checks are those of the application of that name. What differs: goroutines share one heap, so nothing is copied,
// unless a workload says so; a channel is full some time, and who sends then waits; and nobody sees a goroutine end, so there is no monitored form.
// bench.go: processes, memory, garbage; messages.go: messages; clock.go: timers, computation, growth.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
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

func startAndEnd(count int) {
	done, sum := make(chan int, count), 0
	for i := 0; i < count; i++ {
		go func() { done <- 1 }()
	}
	for i := 0; i < count; i++ {
		sum += <-done
	}
	if sum != count {
		panic("lost messages")
	}
}

func spawn(count int) {
	start := time.Now()
	startAndEnd(count)
	result("spawn", float64(count)/since(start), "/s")
}

func idle(count int) {
	runtime.GC()
	before := residentBytes()
	live := make([]chan request, count)
	var up sync.WaitGroup // not the last to be started is the last to run
	up.Add(count)
	start := time.Now()
	for i := range live {
		requests := make(chan request, 8)
		live[i] = requests
		go func() { up.Done(); echo(requests) }()
	}
	up.Wait()
	seconds := since(start)
	time.Sleep(300 * time.Millisecond)
	after := residentBytes()

	answers := make(chan int)
	for i := 0; i < count; i += 97 {
		live[i] <- request{i, answers}
		if <-answers != i {
			panic("wrong answer")
		}
	}
	result("idle_bytes", (after-before)/float64(count), "B")
	result("idle_create", float64(count)/seconds, "/s")
}

func node(out chan int, first, size int) {
	if size == 1 {
		out <- first
		return
	}
	in, share, sum := make(chan int, 10), size/10, 0
	for i := 0; i < 10; i++ {
		go node(in, first+i*share, share)
	}
	for i := 0; i < 10; i++ {
		sum += <-in
	}
	out <- sum
}

func tree(leaves int) {
	sum := make(chan int, 1)
	start := time.Now()
	go node(sum, 0, leaves)
	if <-sum != leaves*(leaves-1)/2 {
		panic("wrong sum")
	}
	result("tree_"+label(leaves), float64(leaves)/since(start), "leaves/s")
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
		for n := 0; ; {
			select {
			case <-stop:
				for _, r := range records {
					if !reflect.DeepEqual(r, newRecord(r.id)) {
						panic("a record is wrong")
					}
				}
				replaced <- n
				return
			default:
			}
			for group := n + 1000; n < group; n++ {
				records[n*7919%count] = newRecord(n)
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
	records := <-replaced
	if records == 0 {
		panic("the heap stood still")
	}
	result("gc_pause", float64(largest.Microseconds()), "us")
	result("gc_churn", float64(records)/float64(seconds), "records/s")
}

// 100000: 100k
func label(count int) string {
	switch {
	case count%1000000 == 0:
		return strconv.Itoa(count/1000000) + "M"
	case count%1000 == 0:
		return strconv.Itoa(count/1000) + "k"
	}
	return strconv.Itoa(count)
}

// The numbers among the arguments, and the words.
func arguments() ([]int, []string) {
	numbers, words := []int{}, []string{}
	for _, text := range os.Args[2:] {
		if number, err := strconv.Atoi(text); err == nil {
			numbers = append(numbers, number)
		} else {
			words = append(words, text)
		}
	}
	return append(numbers, 0, 0), append(words, "")
}

func main() {
	a, words := arguments()
	workloads := map[string]func(){
		"spawn":      func() { spawn(a[0]) },
		"idle_bytes": func() { idle(a[0]) },
		"gc_pause":   func() { gcPause(a[0], a[1]) },
		"cold_start": func() { fmt.Printf("RUNNING cold_start %d\n", time.Now().UnixNano()) },
		"tree":       func() { tree(a[0]) },
		"pingpong":   func() { pingpong(a[0], a[1], words[0] == "table") },
		"ring":       func() { ring(a[0], a[1]) },
		"fanin":      func() { fanin(a[0], a[1]) },
		"big":        func() { big(a[0], a[1]) },
		"chameneos":  func() { chameneos(a[0], a[1]) },
		"payload":    func() { payload(words[0], a[0], a[1]) },
		"select":     func() { selects(a[0]) },
		"timers":     func() { timers(a[0]) },
		"preempt":    func() { preempt(a[0]) },
		"scaling":    func() { scaling(a[0], a[1]) },
		"growth":     func() { growth(a[0]) },
	}
	run := workloads[os.Args[1]]
	if run == nil {
		fmt.Fprintln(os.Stderr, "unknown workload "+os.Args[1])
		os.Exit(2)
	}
	run()
}
