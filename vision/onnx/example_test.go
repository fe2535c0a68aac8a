package onnx_test

import (
	"context"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
)

// A session runs batches of any size: here of the model y = clip(x·W + b, 0, 6) with W = [[1, −1], [2, 0.5]] and
// b = [0, 1].
func ExampleBackend_Open() {
	ctx := context.Background()
	session, err := onnx.New().Open(ctx, vision.ModelFile{
		Path:   "testdata/example.onnx",
		SHA256: "d45fd6f83dcf01b4bcfd84e8e641ca0f1aa5360eda6b6727c4e22755306758df",
	}, vision.SessionOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()

	inputs := []vision.Tensor{{Name: "x", Shape: []int{2, 2}, Data: []float32{1, 1, 0.5, 4}}}
	outputs := []vision.Tensor{{Name: "y"}}
	if err := session.Run(ctx, inputs, outputs); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(outputs[0].Shape, outputs[0].Data)
	// Output: [2 2] [3 0.5 6 2.5]
}
