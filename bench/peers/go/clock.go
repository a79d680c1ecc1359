// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"time"
)

func neverEarly(sorted []float64) {
	if sorted[0] < 0 {
		panic("a timer fired early")
	}
}

func preempt(samples int) {
	spinners, spinning := runtime.GOMAXPROCS(0), make(chan int)
	for i := 0; i < spinners; i++ {
		go func() {
			spinning <- 1
			x := 0
			for {
				x = (x*1103515245 + 12345) & 0x7fffffff
			}
		}()
	}
	for i := 0; i < spinners; i++ {
		<-spinning
	}
	late := make([]float64, samples)
	for i := range late {
		start := time.Now()
		time.Sleep(10 * time.Millisecond)
		late[i] = float64((time.Since(start) - 10*time.Millisecond).Nanoseconds()) / 1e3
	}
	sort.Float64s(late)
	neverEarly(late)
	index := samples*99/100 - 1
	if index < 0 {
		index = 0
	}
	result("preempt_p50", late[(samples+1)/2-1], "us")
	result("preempt_p99", late[index], "us")
	result("preempt_max", late[samples-1], "us")
}

func cpuMicroseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func timers(count int) {
	lates, late := make(chan float64, 1024), make([]float64, count)
	before := cpuMicroseconds()
	go func() {
		for i := 1; i <= count; i++ {
			delay := time.Duration(i*7919%1001) * time.Millisecond
			go func() {
				start := time.Now()
				time.Sleep(delay)
				lates <- float64((time.Since(start) - delay).Nanoseconds()) / 1e3
			}()
		}
	}()
	for i := range late {
		late[i] = <-lates
	}
	used := cpuMicroseconds() - before
	sort.Float64s(late)
	neverEarly(late)
	index := count*99/100 - 1
	if index < 0 {
		index = 0
	}
	name := "timers_" + label(count)
	result(name+"_cpu", used/float64(count), "us")
	result(name+"_p50", late[(count+1)/2-1], "us")
	result(name+"_p99", late[index], "us")
	result(name+"_max", late[count-1], "us")
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func scaling(jobs, n int) {
	done, sum := make(chan int, jobs), 0
	start := time.Now()
	for i := 0; i < jobs; i++ {
		go func() { done <- fib(n) }()
	}
	for i := 0; i < jobs; i++ {
		sum += <-done
	}
	took := since(start)
	fmt.Printf("CHECK %d\n", sum)
	result("scaling_"+strconv.Itoa(runtime.GOMAXPROCS(0)), took*1000, "ms")
}

type request struct {
	value  int
	answer chan int
}

func sendAround(live []chan request, count int) {
	answers, sum := make(chan int, count), 0
	for i := 1; i <= count; i++ {
		live[i*7919%len(live)] <- request{i, answers}
	}
	for i := 0; i < count; i++ {
		sum += <-answers
	}
	if sum != count*(count+1)/2 {
		panic("lost messages")
	}
}

func echo(requests chan request) {
	for v := range requests {
		v.answer <- v.value
	}
}

func idler(requests chan request) {
	never := time.NewTimer(24 * time.Hour)
	defer never.Stop()
	echo(requests)
}

const portions = 9

// The median of some portions, in nanoseconds per each of count things that work does.
func measure(count int, work func()) float64 {
	took := make([]float64, portions)
	for i := range took {
		start := time.Now()
		work()
		took[i] = since(start)
	}
	sort.Float64s(took)
	return took[portions/2] * 1e9 / float64(count)
}

func growth(most int) {
	live, count := []chan request{}, 20000
	if count > most {
		count = most
	}
	for size := 1000; ; size *= 10 {
		if size > most {
			size = most
		}
		for len(live) < size {
			requests := make(chan request, 8)
			go idler(requests)
			live = append(live, requests)
		}
		sendAround(live, size)
		each := func(what string, work func()) {
			result("growth_"+what+"_"+label(size), measure(count, work), "ns")
		}
		each("spawn", func() { startAndEnd(count) })
		each("send", func() { sendAround(live, count) })
		each("timer", func() {
			timers := make([]*time.Timer, count)
			for i := range timers {
				timers[i] = time.NewTimer(time.Hour)
			}
			for _, timer := range timers {
				if !timer.Stop() {
					panic("a timer is gone")
				}
			}
		})
		if size == most {
			return
		}
	}
}
