using System.Collections.Immutable;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>What a run counted: the <c>return_value</c> of its result.</summary>
/// <param name="Checked">Rows or things looked at.</param>
/// <param name="Processed">Of those that needed it, how many were dealt with.</param>
/// <param name="Errors">How many failed; one failure never hides the others.</param>
public sealed record JobSummary(long Checked, long Processed, long Errors)
{
    /// <summary>What the job says besides the three counts, in the order in which it is written.</summary>
    public ImmutableArray<KeyValuePair<string, JsonElement>> Details { get; private init; } = [];

    /// <summary>Adds a count under a name in snake_case.</summary>
    public JobSummary With(string name, long value) => With(name, JsonSerializer.SerializeToElement(value));

    /// <summary>Adds a text, or null, under a name in snake_case.</summary>
    public JobSummary With(string name, string? value) => With(name, JsonSerializer.SerializeToElement(value));

    /// <summary>Adds any JSON under a name in snake_case; it is written as it is.</summary>
    public JobSummary With(string name, JsonElement value) =>
        this with { Details = Details.Add(new(name, value)) };
}
