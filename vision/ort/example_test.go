package ort_test

import (
	"context"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// A program takes ONNX Runtime where it is, and pure Go elsewhere.
func Example() {
	choose := func(opts ...ort.Option) (backend vision.Backend, why error) {
		fast, err := ort.New(opts...)
		if err != nil {
			return nil, err
		}
		if _, err := fast.Library(); err != nil {
			return onnx.New(), err
		}
		return fast, nil
	}
	backend, why := choose(ort.WithLibrary("/nowhere/libonnxruntime.so"))
	_, pure := backend.(*onnx.Backend)
	fmt.Println("pure Go:", pure, "with a reason:", why != nil)
	// Output: pure Go: true with a reason: true
}

// A card first, and the processor if there is none. The session says which one it became, and why.
func ExampleWithProviders() {
	backend, err := ort.New(ort.WithProviders(ort.CUDA{MemoryLimit: 2 << 30}, ort.CPU{}))
	if err != nil {
		panic(err)
	}
	model := vision.ModelFile{Path: "vision.onnx", SHA256: "the file's digest"}
	session, err := backend.Open(context.Background(), model, vision.SessionOptions{})
	if err != nil {
		return
	}
	defer session.Close()
	fmt.Println(session.Info().Device, session.Info().Note)
}
