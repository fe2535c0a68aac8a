//go:build cgo && unix

package ort

// #include <signal.h>
import "C"

// keepSignals calls f and then puts back the signal handlers that were there before: drivers replace some, and Go's
// runtime does not notice that Ctrl-C never arrives again. (os/signal cannot do this: it installs a handler once.)
func keepSignals(f func()) {
	before, known := make([]C.struct_sigaction, C.NSIG), make([]bool, C.NSIG)
	for sig := 1; sig < C.NSIG; sig++ { // the C library keeps some to itself
		known[sig] = C.sigaction(C.int(sig), nil, &before[sig]) == 0
	}
	f()
	for sig, ok := range known {
		if ok {
			C.sigaction(C.int(sig), &before[sig], nil)
		}
	}
}
