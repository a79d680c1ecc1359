// SPDX-License-Identifier: MIT

// A greeting over HTTP/1.1, by the server of Go's library: gohttp <address>, as in gohttp 127.0.0.1:9002; GOMAXPROCS says on how many CPUs.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "gohttp <address>")
		os.Exit(2)
	}
	greeting := []byte("Hello, World!")
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(greeting)
	})
	fmt.Fprintln(os.Stderr, "gohttp:", http.ListenAndServe(os.Args[1], nil))
	os.Exit(1)
}
