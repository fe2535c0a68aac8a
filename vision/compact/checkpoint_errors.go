package compact

import (
	"errors"
	"fmt"
)

// ErrCheckpoint reports a file that is not the checkpoint that [Convert] reads: damaged, of another format or network,
// or with contents that an honest checkpoint does not have.
var ErrCheckpoint = errors.New("compact: not a usable checkpoint")

// CheckpointError says where a checkpoint was refused, and why. It matches [ErrCheckpoint].
type CheckpointError struct {
	// Offset is where in the file reading stopped, in bytes; -1 if the trouble is not in one place.
	Offset int64
	Reason string
}

func (e *CheckpointError) Error() string {
	if e.Offset < 0 {
		return "compact: checkpoint: " + e.Reason
	}
	return fmt.Sprintf("compact: checkpoint, byte %d: %s", e.Offset, e.Reason)
}

// Is reports whether target is [ErrCheckpoint].
func (e *CheckpointError) Is(target error) bool { return target == ErrCheckpoint }

// refuse makes a CheckpointError without a place.
func refuse(format string, args ...any) error {
	return &CheckpointError{Offset: -1, Reason: fmt.Sprintf(format, args...)}
}
