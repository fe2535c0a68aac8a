package ort

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// envInterrupt makes this test's program a child that runs the model which it names until somebody interrupts it.
const envInterrupt = "SOUNDTRACK_TEST_INTERRUPT"

// untilInterrupted is the child of TestInterrupt. It returns 0 once an interrupt has ended the runs.
func untilInterrupted() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b, err := New(WithProviders(CUDA{}, CPU{}))
	if err != nil {
		return 2
	}
	model := vision.ModelFile{Path: os.Getenv(envInterrupt), SHA256: os.Getenv(envInterrupt + "_SHA256")}
	s, err := b.Open(ctx, model, vision.SessionOptions{})
	if err != nil {
		return 3
	}
	shape := []int{1, 3, visiontest.TinySize, visiontest.TinySize}
	in, out := []vision.Tensor{{Name: "image", Shape: shape, Data: formula(shape...)}}, []vision.Tensor{{Name: "embedding"}}
	if s.Run(ctx, in, out) != nil {
		return 4
	}
	fmt.Println(s.Info().Device)
	for s.Run(ctx, in, out) == nil {
	}
	if ctx.Err() == nil || s.Close() != nil {
		return 5
	}
	return 0
}

// Ctrl-C reaches a program that runs models: with a card's driver as well, where there is one.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send an interrupt to one process")
	}
	b := newBackend(t)
	model := visiontest.TinyModel(t)
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, self)
	child.Env = append(os.Environ(), envLibrary+"="+b.library, envInterrupt+"="+model.Path, envInterrupt+"_SHA256="+model.SHA256)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	device, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	t.Log("running on", strings.TrimSpace(device))
	require.NoError(t, child.Process.Signal(os.Interrupt))
	require.NoError(t, child.Wait(), "the child did not end by itself")
}
