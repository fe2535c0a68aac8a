package vision

// Limits bound what [Decode] accepts. Zero fields mean the default.
type Limits struct {
	Bytes        int64 // encoded size; default 16 MiB
	Pixels       int64 // width × height; default 50,000,000
	Side         int   // longest side; default 16,384
	DecodedBytes int64 // memory of the decoded pixels; default 256 MiB
	Scans        int   // scans of a JPEG; default 100
	ScanPixels   int64 // scans × pixels of a JPEG; default 600,000,000
	Chunks       int   // chunks of a PNG; default 1,000
	Aspect       int   // longest side over shortest; default 100
}
