using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Refuses to start with a database setting that is missing or cannot be read.</summary>
internal sealed class DatabaseOptionsValidator(LocalMode local) : IValidateOptions<DatabaseOptions>
{
    private const string SampleLibrary = "Microsoft.Data.Sqlite.dll";

    /// <summary>Where the program's libraries are; an image lacks the one of the sample database.</summary>
    internal string Folder { get; init; } = AppContext.BaseDirectory;

    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        if (local.EmbedsDatabase)
        {
            return File.Exists(Path.Combine(Folder, SampleLibrary))
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    "DATABASE_URL: is required: this program was published for an image, without the sample database of a local run.");
        }

        try
        {
            options.Server();
            return ValidateOptionsResult.Success;
        }
        catch (InvalidSettingException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
