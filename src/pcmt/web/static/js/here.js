// "Vị trí của tôi": fills latitude and longitude when asked, and only then. Without this script, or without leave, both
// are typed or left out.

const offer = document.querySelector("[data-here-offer]");
const lat = document.querySelector('[data-here="lat"]');
const lon = document.querySelector('[data-here="lon"]');

if (offer && lat && lon && navigator.geolocation) {
  const told = offer.querySelector("[role=status]");
  const say = (word) => (told.textContent = told.dataset[word]);
  const written = (degrees) => degrees.toFixed(5).replace(".", ",");
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    say("asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = written(coords.latitude);
        lon.value = written(coords.longitude);
        say("found");
      },
      () => say("failed"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
