// Package ort executes models with ONNX Runtime, through its C library: the [vision.Backend] for speed, and for graphics
// cards. It needs cgo and the library at run time; where one of them is missing the package builds all the same,
// [Backend.Library] says so without loading anything, and vision/onnx executes the same models in pure Go.
//
//	backend, err := ort.New()
//	if _, err := backend.Library(); errors.Is(err, ort.ErrUnavailable) {
//		… // err says what is missing and how to get it
//	}
//	session, err := backend.Open(ctx, vision.ModelFile{Path: path, SHA256: digest}, vision.SessionOptions{})
//
// # Threads
//
// With SessionOptions.Threads of 0 or 1 a run computes on one core and as many runs go on at once as the process has
// cores: the most pictures a second. With n > 1 a run uses n threads, which sleep while there is nothing to do: the
// least time a picture where few are asked for at once. [WithMaxRuns] changes how many runs go on; others wait.
//
// # Cancelling
//
// A run whose context is done returns at once. What is going on in the library is told to stop, does so before the next
// operator of the graph, and owns its memory until then; [vision.Session.Close] waits for it.
//
// # The library
//
// It is looked for in this order: [WithLibrary], the environment variable SOUNDTRACK_ONNXRUNTIME, [WithCachedLibrary]
// (what modelhub or "soundtrack models pull runtime" fetched), the folder of the executable, the folders that the
// dynamic linker of the system is told of, the usual folders for libraries. Version 1.24 or later is needed.
//
// ONNX Runtime has one environment in a process, and so has this package: the only state that is not in a value. The
// first open session makes it with that session's library, the last to be closed frees it. While it is there, a backend
// with another library gets an [InUseError]. A program must not use onnxruntime_go beside this package.
//
// # Model files
//
// Files are hostile until their digest is verified, over the very bytes that the library gets. What keeps weights outside
// its own bytes is refused before. ONNX Runtime reports to nobody: telemetry and logging are off.
package ort
