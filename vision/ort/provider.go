package ort

import (
	"fmt"
	"strconv"
)

// Provider is what a session computes with: [CPU] or [CUDA].
type Provider interface {
	name() string
	check() error
}

// CPU computes on the processor. Every library has it.
type CPU struct{}

func (CPU) name() string { return "CPU" }
func (CPU) check() error { return nil }

// CUDA computes on a graphics card of NVIDIA. It needs a library that was built for CUDA (the official "gpu" archive, or
// PyPI's onnxruntime-gpu), with its libonnxruntime_providers_cuda beside it, and CUDA and cuDNN where the system finds
// them. Operators that CUDA lacks run on the CPU. The zero value is the first card, all of its memory, exact float32.
//
// A run whose batch differs in size from the session's last one has every convolution planned anew: on an H200 that took the
// compact model 60 to 220 ms, against 1 to 4 ms for a run like the last, and CLIP ViT-B/32, which has one convolution,
// nothing to speak of. So keep batches of one size, which single pictures are.
type CUDA struct {
	// Device is the number of the card, in [0, 255].
	Device int
	// MemoryLimit is the most bytes of the card that the session may keep for itself; 0 means no limit.
	MemoryLimit int64
	// TF32 lets matrix products round their inputs to 10 bits of mantissa, which is faster on Ampere and later. Embeddings
	// then differ from the CPU's in the fourth decimal.
	TF32 bool
}

func (CUDA) name() string { return "CUDA" }

func (p CUDA) check() error {
	if p.Device < 0 || p.Device > 255 || p.MemoryLimit < 0 {
		return fmt.Errorf("ort: CUDA device %d with a limit of %d bytes: want 0 to 255, and 0 or more", p.Device, p.MemoryLimit)
	}
	return nil
}

// options are ONNX Runtime's names for the fields.
func (p CUDA) options() map[string]string {
	tf32 := "0"
	if p.TF32 {
		tf32 = "1"
	}
	options := map[string]string{
		"device_id": strconv.Itoa(p.Device), "use_tf32": tf32,
		// The default tries every algorithm at each new shape: three to ten times as long, and no faster afterwards.
		"cudnn_conv_algo_search": "HEURISTIC",
	}
	if p.MemoryLimit > 0 {
		options["gpu_mem_limit"] = strconv.FormatInt(p.MemoryLimit, 10)
	}
	return options
}
