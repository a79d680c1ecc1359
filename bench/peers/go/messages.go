// SPDX-License-Identifier: MIT

package main

import (
	"math/rand"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

type fields struct {
	id    int
	name  string
	share float64
}

// Round trips of pairs; `next` makes the value of a trip.
func trips[T comparable](metric string, pairs, count int, next func(int) T) {
	var all sync.WaitGroup
	all.Add(pairs)
	start := time.Now()
	for i := 0; i < pairs; i++ {
		there, back := make(chan T, 1), make(chan T, 1)
		go func() {
			for v := range there {
				back <- v
			}
		}()
		go func() {
			for j := 0; j < count; j++ {
				there <- next(j)
				if <-back != next(j) {
					panic("wrong answer")
				}
			}
			close(there)
			all.Done()
		}()
	}
	all.Wait()
	result(metric+strconv.Itoa(pairs), float64(pairs*count)/since(start), "round trips/s")
}

func pingpong(pairs, count int, isTable bool) {
	if isTable {
		trips("pingpong_table_", pairs, count, func(i int) fields { return fields{i, "ping", float64(i) * 0.5} })
	} else {
		trips("pingpong_", pairs, count, func(i int) int { return i })
	}
}

func ring(size, hops int) {
	done, first := make(chan int), make(chan int, 1)
	in := first
	for i := 0; i < size; i++ {
		out := make(chan int, 1)
		if i == size-1 {
			out = first
		}
		go func(node int, in, out chan int) {
			for left := range in {
				if left == 0 {
					done <- node
					return
				}
				out <- left - 1
			}
		}(i, in, out)
		in = out
	}
	start := time.Now()
	first <- hops
	last := <-done
	if last != hops%size {
		panic("the token ended at the wrong node")
	}
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

type letter struct {
	from     chan letter
	isAnswer bool
}

// Mailboxes of actors have no end; these are long enough for the messages that a peer gets, about `count`, and their answers.
func big(size, count int) {
	peers := make([]chan letter, size)
	for i := range peers {
		peers[i] = make(chan letter, 4*count)
	}
	var all sync.WaitGroup
	all.Add(size)
	totals, total := make(chan int), 0
	start := time.Now()
	for i := range peers {
		go func(me chan letter, seed int64) {
			chance := rand.New(rand.NewSource(seed))
			for j := 0; j < count; j++ {
				peers[chance.Intn(size)] <- letter{me, false}
			}
			answers, answered := 0, 0
			for got := range me {
				if !got.isAnswer {
					answered++
					got.from <- letter{nil, true}
				} else if answers++; answers == count {
					all.Done()
				}
			}
			totals <- answers + answered
		}(peers[i], int64(i))
	}
	all.Wait()
	seconds := since(start)
	for _, peer := range peers {
		close(peer) // nobody sends any more: all have their answers
	}
	for range peers {
		total += <-totals
	}
	if total != 2*size*count {
		panic("lost or doubled messages")
	}
	result("big", float64(total)/seconds, "messages/s")
}

type visit struct {
	met    chan visit
	colour int
}

func chameneos(creatures, meetings int) {
	place, done := make(chan visit, creatures), make(chan int)
	start := time.Now()
	go func() {
		for i := 0; i < meetings; i++ {
			first, second := <-place, <-place
			first.met <- second
			second.met <- first
		}
		for i := 0; i < creatures; i++ {
			close((<-place).met)
		}
	}()
	for i := 1; i <= creatures; i++ {
		go func(colour int) {
			me, met := make(chan visit, 1), 0
			for {
				place <- visit{me, colour}
				other, isOpen := <-me
				if !isOpen {
					break
				}
				if other.met != me { // with itself: that is no meeting
					met++
				}
				if other.colour != colour {
					colour = 3 - colour - other.colour
				}
			}
			done <- met
		}(i % 3)
	}
	sum := 0
	for i := 0; i < creatures; i++ {
		sum += <-done
	}
	if sum != 2*meetings {
		panic("not two creatures in each meeting")
	}
	result("chameneos", float64(meetings)/since(start), "meetings/s")
}

type item struct {
	id    int
	name  string
	score float64
	tags  []string
}

// What a runtime has to do whose processes share nothing.
func deepCopy(list []item) []item {
	out := make([]item, len(list))
	for i, v := range list {
		tags := make([]string, len(v.tags))
		for j, tag := range v.tags {
			tags[j] = strings.Clone(tag)
		}
		out[i] = item{v.id, strings.Clone(v.name), v.score, tags}
	}
	return out
}

func newItem(i int) item {
	return item{i, "user_" + strconv.Itoa(i), float64(i) * 1.5, []string{"alpha", "beta", "gamma"}}
}

// Every field of every record.
func isRight(list []item, items int) bool {
	for i := range list {
		if !reflect.DeepEqual(list[i], newItem(i+1)) {
			return false
		}
	}
	return len(list) == items
}

// Every message is copied, as between actors.
func payload(name string, items, count int) {
	list := make([]item, items)
	for i := range list {
		list[i] = newItem(i + 1)
	}
	there, back := make(chan []item, 1), make(chan []item, 1)
	go func() {
		for v := range there {
			back <- deepCopy(v)
		}
	}()
	trip := func() {
		there <- deepCopy(list)
		list = <-back
	}
	trip() // both are warm
	start := time.Now()
	for i := 0; i < count; i++ {
		trip()
	}
	took := since(start)
	if !isRight(list, items) {
		panic("a record is wrong")
	}
	result("payload_"+name, took*1e6/float64(2*count), "us")
}

// Eight goroutines send, one takes what is ready.
func selects(count int) {
	var channels [8]chan int
	for i := range channels {
		channels[i] = make(chan int)
		go func(out chan int) {
			for j := 1; j <= count; j++ {
				out <- j
			}
		}(channels[i])
	}
	var last [8]int
	take := func(i, value int) {
		if value != last[i]+1 {
			panic("a value is lost or out of order")
		}
		last[i] = value
	}
	start := time.Now()
	for n := 0; n < len(channels)*count; n++ {
		select {
		case v := <-channels[0]:
			take(0, v)
		case v := <-channels[1]:
			take(1, v)
		case v := <-channels[2]:
			take(2, v)
		case v := <-channels[3]:
			take(3, v)
		case v := <-channels[4]:
			take(4, v)
		case v := <-channels[5]:
			take(5, v)
		case v := <-channels[6]:
			take(6, v)
		case v := <-channels[7]:
			take(7, v)
		}
	}
	seconds := since(start)
	for _, value := range last {
		if value != count {
			panic("values got lost")
		}
	}
	result("select", float64(len(channels)*count)/seconds, "/s")
}
