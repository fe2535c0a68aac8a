package onnx_test

import (
	"testing"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	visiontest.RunBackend(t, func(*testing.T) vision.Backend { return onnx.New() })
}

func TestConformanceGeneric(t *testing.T) {
	t.Parallel()
	visiontest.RunBackend(t, func(*testing.T) vision.Backend { return onnx.New(onnx.WithGenericKernels()) })
}
