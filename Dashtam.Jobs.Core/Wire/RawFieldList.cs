namespace Dashtam.Jobs.Core.Wire;

/// <summary>Gathers members of an object: a name given twice keeps its first place and its last value.</summary>
internal ref struct RawFieldList(List<RawField> fields)
{
    // Among so few a search is quicker than a dictionary; among many it would let one message take seconds.
    private const int Few = 16;

    private Dictionary<string, int>? _places;

    public void Set(RawField field)
    {
        var place = Place(field);
        if (place == fields.Count)
        {
            fields.Add(field);
        }
        else
        {
            fields[place] = field;
        }
    }

    private int Place(RawField field)
    {
        if (fields.Count >= Few)
        {
            return PlaceAmongMany(field.Name);
        }

        for (var place = 0; place < fields.Count; place++)
        {
            if (fields[place].IsNamedAs(field))
            {
                return place;
            }
        }

        return fields.Count;
    }

    private int PlaceAmongMany(string name)
    {
        if (_places is null)
        {
            _places = new(StringComparer.Ordinal);
            for (var place = 0; place < fields.Count; place++)
            {
                _places.Add(fields[place].Name, place);
            }
        }

        return _places.TryAdd(name, fields.Count) ? fields.Count : _places[name];
    }
}
