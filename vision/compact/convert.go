package compact

import (
	"context"
	"fmt"
	"io"
)

// ConverterName is what manifests call [Convert]: register it with modelhub.WithConverter(ConverterName, Convert).
const ConverterName = "efficientnet-lite0"

// Convert reads the PyTorch checkpoint of EfficientNet-Lite0, size bytes in r, and writes the ONNX file of the package
// documentation to w: the same bytes on every platform. It fetches and runs nothing, and needs about 100 MB for a moment.
//
// Errors match [ErrCheckpoint] if the checkpoint is damaged, hostile or of another network; then nothing has been written.
// Errors of r and w are wrapped, and cancelling ctx stops between tensors with its error.
// r is not kept. Convert verifies structure, not identity: compare digests before and after, as modelhub does.
func Convert(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) error {
	from, err := openCheckpoint(r, size)
	if err != nil {
		return err
	}
	model, err := buildModel(ctx, from)
	if err != nil {
		return err
	}
	data, err := model.Marshal()
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("compact: write: %w", err)
	}
	return nil
}
