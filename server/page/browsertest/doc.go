// Package browsertest uses the page as a person would, in a headless Chromium. It has tests only.
//
// Two sets of tests share the helpers. One serves the page with canned answers, so that every state can be had: busy,
// gone, refused, hostile titles, a heavy picture. The other drives a running server. Both are skipped, with the reason,
// unless these variables of the environment say what to use:
//
//	SOUNDTRACK_CHROME      the browser; turns the canned tests on. Default for the live ones: chromium or google-chrome in PATH
//	SOUNDTRACK_PAGE_URL    address of a running server; turns the live tests on
//	SOUNDTRACK_PAGE_PHOTO  a photograph to upload to it; without one the drawn examples are used
//	SOUNDTRACK_AXE         axe-core's axe.min.js, to check each state for accessibility
//	SOUNDTRACK_PAGE_SHOTS  a folder for screenshots
package browsertest
