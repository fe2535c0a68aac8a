package modelhub

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrOffline reports that a file is not cached and that the hub may not use the network. See [OfflineError].
	ErrOffline = errors.New("modelhub: offline")
	// ErrDigest reports bytes that are not those of the manifest. See [DigestError] and [SizeError].
	ErrDigest = errors.New("modelhub: wrong digest or size")
	// ErrUnavailable reports that no source yielded the file. See [UnavailableError].
	ErrUnavailable = errors.New("modelhub: file unavailable")
	// ErrNoSpace reports a full disk or an exhausted quota. Free some space and fetch again: downloads continue.
	ErrNoSpace = errors.New("modelhub: no space left on the disk of the cache")
	// ErrConverter reports that a file needs a converter which was not registered, or whose conversion failed.
	ErrConverter = errors.New("modelhub: conversion")
)

// DigestError reports bytes with the wrong SHA-256: damaged, exchanged, or an error page in place of the file.
// It matches [ErrDigest].
type DigestError struct {
	File string // what was hashed: a name of the manifest, "package" or "original" of one, or a path
	Got  string // lower-case hex
	Want string // lower-case hex; several are separated by " or "
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("modelhub: %s has SHA-256 %s, want %s", e.File, e.Got, e.Want)
}

// Is reports whether target is [ErrDigest].
func (e *DigestError) Is(target error) bool { return target == ErrDigest }

// SizeError reports a file of the wrong length, or one beyond the hub's limit. It matches [ErrDigest].
type SizeError struct {
	File      string
	Got, Want int64 // bytes; Got may be the point where reading stopped
	// Limit says that Want is the hub's limit ([WithMaxBytes]) rather than the manifest's size.
	Limit bool
}

func (e *SizeError) Error() string {
	if e.Limit {
		return fmt.Sprintf("modelhub: %s is larger than the limit of %d bytes", e.File, e.Want)
	}
	if e.Got > e.Want {
		return fmt.Sprintf("modelhub: %s has %d bytes or more, want %d", e.File, e.Got, e.Want)
	}
	return fmt.Sprintf("modelhub: %s has %d bytes, want %d", e.File, e.Got, e.Want)
}

// Is reports whether target is [ErrDigest].
func (e *SizeError) Is(target error) bool { return target == ErrDigest }

// OfflineError says how to get a file by hand. It matches [ErrOffline], and [ErrDigest] if the cache holds a file of that
// name with other contents.
type OfflineError struct {
	File  string   // name of the manifest's file
	Path  string   // where the cache expects it
	Cache error    // what is wrong with the cache: that the file is not there, or a DigestError or SizeError
	Ways  []string // sentences that a person can follow, best first
}

func (e *OfflineError) Error() string {
	state := "not in the cache"
	if errors.Is(e.Cache, ErrDigest) {
		state = "damaged in the cache (" + e.Cache.Error() + ")"
	}
	return fmt.Sprintf("modelhub: offline, and %s is %s; ways to get it:%s", e.File, state, list(e.Ways))
}

// Unwrap returns Cache.
func (e *OfflineError) Unwrap() error { return e.Cache }

// Is reports whether target is [ErrOffline].
func (e *OfflineError) Is(target error) bool { return target == ErrOffline }

// UnavailableError reports that every source failed. It matches [ErrUnavailable] and, through Unwrap, whatever the
// attempts match, such as [ErrDigest].
type UnavailableError struct {
	File     string
	Attempts []error  // what was tried, in order
	Ways     []string // what a person can do, as in [OfflineError]
}

func (e *UnavailableError) Error() string {
	tried := make([]string, len(e.Attempts))
	for i, err := range e.Attempts {
		tried[i] = strings.ReplaceAll(err.Error(), "modelhub: ", "") // once is enough
	}
	if len(tried) == 0 {
		tried = []string{"the manifest names no source"}
	}
	return fmt.Sprintf("modelhub: cannot get %s:%s\nways to get it:%s", e.File, list(tried), list(e.Ways))
}

// Is reports whether target is [ErrUnavailable].
func (e *UnavailableError) Is(target error) bool { return target == ErrUnavailable }

// Unwrap returns the attempts.
func (e *UnavailableError) Unwrap() []error { return e.Attempts }

// list writes lines as a bulleted list.
func list(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("\n  - " + strings.ReplaceAll(line, "\n", "\n    "))
	}
	return b.String()
}

// fatal reports whether err concerns the machine or the caller rather than one source, so that trying another source is
// pointless.
func fatal(err error) bool {
	return errors.Is(err, ErrNoSpace) || errors.Is(err, ErrConverter) || errors.Is(err, errCache)
}

// errCache marks failures to write the cache.
var errCache = errors.New("modelhub: cache")

// cacheError wraps an error of the file system, naming the full disk where it is one.
func cacheError(err error) error {
	switch {
	case err == nil:
		return nil
	case isNoSpace(err):
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return fmt.Errorf("%w: %w", errCache, err)
}
