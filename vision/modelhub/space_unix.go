//go:build unix

package modelhub

import (
	"errors"
	"syscall"
)

// isNoSpace reports whether err says that a disk or quota is full.
func isNoSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
