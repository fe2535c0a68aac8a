// Package bench holds benchmarks of the whole walk, from the bytes of a picture to songs, beside those of the single
// packages, which live with them. Run them with
//
//	go test -bench . -benchmem ./bench
//
// bench/README.md says what was measured where.
package bench
