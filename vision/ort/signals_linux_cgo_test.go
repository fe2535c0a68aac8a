//go:build cgo && linux && (amd64 || arm64)

package ort

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// kernelAction is the kernel's struct sigaction on 64-bit Linux.
type kernelAction struct {
	handler         uintptr
	flags           uint64
	restorer, masks uint64
}

// setAction does what a driver does behind the back of Go's runtime.
func setAction(t *testing.T, sig syscall.Signal, action kernelAction) {
	t.Helper()
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	require.Zero(t, errno)
}

func TestKeepSignals(t *testing.T) {
	t.Parallel()
	const ignore = 1 // SIG_IGN
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, syscall.SIGUSR2)
	defer signal.Stop(arrived)
	keepSignals(func() {
		setAction(t, syscall.SIGUSR2, kernelAction{handler: ignore})
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGUSR2))
	})
	require.Empty(t, arrived, "the handler was replaced")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGUSR2))
	require.Equal(t, syscall.SIGUSR2, <-arrived)
}
