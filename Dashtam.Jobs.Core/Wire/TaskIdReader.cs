using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Finds the id in an envelope that is otherwise no good, so that whoever waits for its result can be told.</summary>
internal static class TaskIdReader
{
    /// <returns>
    /// The text of the top-level field <c>task_id</c>; null when there is none before the JSON ends or breaks, or one that is too
    /// long to be the name of a result's key.
    /// </returns>
    public static string? Find(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTaskId = reader.ValueTextEquals("task_id"u8);
                reader.Read();
                if (isTaskId)
                {
                    var id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    return id is null || TaskIdLimit.IsExceededBy(id) ? null : id;
                }

                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON up to the id, or an id that is no text: there is nobody to tell.
        }

        return null;
    }
}
