// Package compact is the "compact" model preset: EfficientNet-Lite0, which understands a thousand kinds of things,
// weighs 18 MB, comes from an ordinary package registry and needs neither cgo nor a model hub.
//
// # What it holds
//
//   - [Manifest] describes the model: where its package is, every digest on the way, how to feed the network.
//   - [Convert] makes the ONNX file that the backends run out of the PyTorch file inside the package.
//   - [Labels] and [LabelName] name the 1,000 classes, in our own short words.
//
// Put together:
//
//	hub, err := modelhub.New(modelhub.WithConverter(compact.ConverterName, compact.Convert))
//	model, err := hub.Fetch(ctx, compact.Manifest())
//	encoder, err := vision.NewEncoder(ctx, model, onnx.New())
//
// # The network
//
// EfficientNet-Lite0 (Google, Apache-2.0, trained on ImageNet-1k): a 3×3 stem, sixteen inverted-residual blocks in seven
// stages, a 1×1 head, global average pooling and a linear layer; ReLU6 throughout, no squeeze-and-excitation. 385 million
// multiply-adds a picture. Input "image" is [N, 3, 224, 224] float32, RGB, (x − 127) / 128, of the upright picture's
// central square of 0.875 × the short side. Outputs:
//
//	embedding  [N, 1280]         the pooled features, not normalised
//	logits     [N, 1000]         class scores before the softmax, named by Labels
//	map320     [N, 320, 7, 7]    the last block
//	map192     [N, 192, 7, 7]    the last block of the 192-channel stage
//	map112     [N, 112, 14, 14]  the last block of the 112-channel stage
//
// The three maps are there for mood: their means and deviations over positions say more about valence and arousal than
// the embedding alone. [Manifest] asks for them in that form.
//
// # The conversion
//
// The package holds a PyTorch checkpoint in the format from before 2020: five pickles, then raw storages. Pickles are
// programs, so nothing here runs them as such: a small interpreter knows 30 opcodes, five global names and no way to call
// anything, and refuses the rest with a [CheckpointError]. Tensors are gathered through their strides; 50 of the 296 in
// the file are permuted, and a reader that ignores that loads cleanly and calls every picture a rugby ball. Batch
// normalisation (ε = 10⁻³) is folded into the convolutions in float64, and rounded once:
//
//	w'[o,…] = w[o,…] · γ[o] / √(σ²[o] + ε)        b'[o] = β[o] − μ[o] · γ[o] / √(σ²[o] + ε)
//
// The result is the same to the last bit on every platform, which is why the manifest can pin its digest.
//
// All functions are safe for concurrent use.
package compact
