// Package visiontest holds what tests of encoders and backends share: conformance suites, a tiny ONNX model with a
// reference for its outputs, a stub backend that can misbehave on request, and made pictures.
//
// Every [vision.Encoder] passes [Run] and every [vision.Backend] passes [RunBackend]. A bug found in one implementation
// becomes a case for all.
package visiontest
