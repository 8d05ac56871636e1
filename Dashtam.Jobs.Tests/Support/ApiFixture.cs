using System.Net;
using System.Text;
using System.Text.Json;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A captured call of dashtam-api: one of the files <c>http-….json</c>.</summary>
internal sealed class ApiFixture
{
    private readonly JsonElement _capture;

    private ApiFixture(JsonElement capture) => _capture = capture;

    public string Path => _capture.GetProperty("request").GetProperty("path").GetString()!;

    /// <summary>The request's body, as JSON without spaces.</summary>
    public string RequestBody => JsonSerializer.Serialize(_capture.GetProperty("request").GetProperty("body"));

    public static ApiFixture Load(string file) => new(JsonElement.Parse(Read(file)));

    public string ResponseBody => _capture.GetProperty("response").GetProperty("body_text").GetString()!;

    public static string Read(string file) =>
        File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", file));

    public HttpResponseMessage Response()
    {
        var response = _capture.GetProperty("response");
        var message = new HttpResponseMessage((HttpStatusCode)response.GetProperty("status").GetInt32())
        {
            Content = new StringContent(response.GetProperty("body_text").GetString()!, Encoding.UTF8, "application/json"),
        };
        foreach (var header in response.GetProperty("headers").EnumerateObject())
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        return message;
    }
}
