//go:build !race

package ort

const raceEnabled = false
