; Unit converter that updates while typing
; A window with a quantity list (length, mass, temperature, data) and two unit lists converts
; a number both ways: editing the left field updates the right one and the other way round.
; Each unit is stored as a scale and an offset to the base unit, so temperatures need no
; special case. A decimal comma is accepted, and text that is no number clears the other
; field. The swap button exchanges the two units.
#Requires AutoHotkey v2.0
#SingleInstance Force

; Each unit: [name, scale, offset], where base value = value * scale + offset.
quantities := Map(
    "Length", [["m", 1], ["km", 1000], ["cm", 0.01], ["µm", 1e-6], ["in", 0.0254], ["ft", 0.3048], ["mi", 1609.344]],
    "Mass", [["kg", 1], ["g", 0.001], ["oz", 0.028349523125], ["lb", 0.45359237]],
    "Temperature", [["°C", 1, 273.15], ["°F", 5 / 9, 459.67 * 5 / 9], ["K", 1]],
    "Data", [["B", 1], ["kB", 1000], ["KiB", 1024], ["MB", 1e6], ["MiB", 1024 ** 2], ["GiB", 1024 ** 3]]
)

form := Gui(, "Unit converter")
form.SetFont("s11", "Segoe UI")
quantityList := form.AddDropDownList("w260", [quantities*])
leftEdit := form.AddEdit("xm w130 Section", "1")
leftUnit := form.AddDropDownList("ys w120")
rightEdit := form.AddEdit("xm w130 Section")
rightUnit := form.AddDropDownList("ys w120")
swapButton := form.AddButton("xm w260", "Swap the units")

quantityList.OnEvent("Change", (*) => FillUnits())
leftEdit.OnEvent("Change", (*) => Update(leftEdit))
rightEdit.OnEvent("Change", (*) => Update(rightEdit))
leftUnit.OnEvent("Change", (*) => Update(leftEdit))
rightUnit.OnEvent("Change", (*) => Update(leftEdit))
swapButton.OnEvent("Click", SwapUnits)
form.OnEvent("Escape", (*) => ExitApp())
form.OnEvent("Close", (*) => ExitApp())

quantityList.Choose("Length")
FillUnits()
form.Show()

FillUnits() {
    names := []
    for unit in quantities[quantityList.Text]
        names.Push(unit[1])
    for control in [leftUnit, rightUnit] {
        control.Delete()
        control.Add(names)
        control.Choose(A_Index)         ; first unit left, second unit right
    }
    Update(leftEdit)
}

SwapUnits(*) {
    former := leftUnit.Value
    leftUnit.Choose(rightUnit.Value)
    rightUnit.Choose(former)
    Update(leftEdit)
}

; Recompute the field opposite to the one the user changed.
Update(source) {
    fromLeft := source = leftEdit
    target := fromLeft ? rightEdit : leftEdit
    units := quantities[quantityList.Text]
    fromUnit := units[fromLeft ? leftUnit.Value : rightUnit.Value]
    toUnit := units[fromLeft ? rightUnit.Value : leftUnit.Value]
    typed := StrReplace(Trim(source.Value), ",", ".")
    target.Value := IsNumber(typed) ? Tidy(Convert(Number(typed), fromUnit, toUnit)) : ""
}

Convert(value, fromUnit, toUnit) {
    base := value * fromUnit[2] + (fromUnit.Has(3) ? fromUnit[3] : 0)
    return (base - (toUnit.Has(3) ? toUnit[3] : 0)) / toUnit[2]
}

; Up to ten significant digits without a tail of zeros.
Tidy(value) => Format("{:.10g}", value)
