// The code of a link stands after "#", which browsers send to nobody. It goes into its field, and out of the address.

const CODE = /^#[\w-]{43}$/;
const field = document.getElementById("code");

function take() {
  if (CODE.test(location.hash)) {
    field.value = location.hash.slice(1);
    field.removeAttribute("aria-invalid");
    history.replaceState(null, "", location.pathname);
  }
  field.closest(".field").hidden = field.value !== "" && field.getAttribute("aria-invalid") !== "true";
}

addEventListener("hashchange", take);
take();
