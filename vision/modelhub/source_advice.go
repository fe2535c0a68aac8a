package modelhub

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// mirrorWay is for those who cannot reach the model hub itself.
const mirrorWay = "name a mirror of the model hub in HF_ENDPOINT"

// waysToGet tells a person how to get f by other means, best first.
func waysToGet(f vision.File, path string) []string {
	var ways []string
	for _, raw := range f.URLs {
		if name, _, ok := localPath(raw); ok {
			ways = append(ways, "put the file at "+name)
			continue
		}
		if isURL(raw) {
			if u, err := url.Parse(raw); err == nil && u.Hostname() == modelHubHost && !slices.Contains(ways, mirrorWay) {
				ways = append(ways, mirrorWay)
			}
			ways = append(ways, fmt.Sprintf("download %s elsewhere and give it with modelhub.WithFrom (--from FILE)", redactText(raw)))
			continue
		}
		if p, err := parsePackage(raw); err == nil {
			ways = append(ways,
				fmt.Sprintf("install a package client, pip or uv, that can reach a registry (it will run: %s)",
					strings.Join(append([]string{"pip"}, p.pipArgs("DIR")...), " ")),
				"name an index with the simple repository API in JSON: SOUNDTRACK_PACKAGE_INDEX or PIP_INDEX_URL",
				fmt.Sprintf("get %s==%s elsewhere and give the package, or the file in it, with modelhub.WithFrom (--from FILE or URL)",
					p.name, p.version),
			)
		}
	}
	if len(ways) == 0 {
		ways = append(ways, "give the file with modelhub.WithFrom (--from FILE or URL)")
	}
	return append(ways, fmt.Sprintf("or put a file with SHA-256 %s at %s", f.SHA256, path))
}
