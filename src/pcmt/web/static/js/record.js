// Pictures of an entry: the camera adds to what was chosen, small copies show what will be sent.

const form = document.querySelector("[data-record]");
const chosen = form?.querySelector('input[type="file"][name="evidence"]');
if (chosen) {
  const camera = form.querySelector("[data-camera]");
  const shot = camera.querySelector("input");
  const previews = form.querySelector("[data-previews]");
  let files = [];

  const show = () => {
    previews.replaceChildren(
      ...files.map((file) => {
        const line = document.createElement("li");
        const name = document.createElement("span");
        name.textContent = file.name;
        if (file.type.startsWith("image/")) {
          const small = document.createElement("img");
          small.alt = file.name;
          const reader = new FileReader();
          reader.addEventListener("load", () => {
            small.src = reader.result;
          });
          reader.readAsDataURL(file);
          line.append(small);
        } else {
          line.append(name);
        }
        return line;
      }),
    );
  };
  const take = (more) => {
    files = [...files, ...more];
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    chosen.files = all.files;
    show();
  };
  camera.hidden = false;
  shot.addEventListener("change", () => {
    take([...shot.files]);
    shot.value = "";
  });
  chosen.addEventListener("change", () => {
    files = [...chosen.files];
    show();
  });
}
