// A form that is sent twice by a double click is one registration: both have the same key. Whoever comes back to the
// page begins anew. Without this script, the second one is answered that the address is registered already.
const key = document.getElementById("key");
if (key && crypto.randomUUID) {
  addEventListener("pageshow", () => { key.value = crypto.randomUUID().replaceAll("-", ""); });
}
