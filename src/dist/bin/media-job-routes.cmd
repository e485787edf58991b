@echo off
rem Starts Media Job Routes from wherever it is called. JAVA_HOME: which Java; JAVA_OPTS: options for it.
setlocal
set "INSTALLED=%~dp0.."
if "%MEDIA_JOB_ROUTES_HOME%"=="" set "MEDIA_JOB_ROUTES_HOME=%INSTALLED%"
set "JAVA=java"
if not "%JAVA_HOME%"=="" set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo There is no Java: install Java 17 or newer, or set JAVA_HOME. 1>&2
  exit /b 3
)
set "CP=%INSTALLED%\lib\*"
for %%a in (%*) do (
  if "%%~a"=="run" goto start
  if "%%~a"=="track" goto start
  if "%%~a"=="jobs" goto start
  if "%%~a"=="job" goto start
  if "%%~a"=="check" goto start
  if "%%~a"=="demo" goto demo
)
goto start
:demo
set "CP=%CP%;%INSTALLED%\demo\lib\*"
:start
"%JAVA%" --enable-native-access=ALL-UNNAMED -Dsun.misc.unsafe.memory.access=allow %JAVA_OPTS% -cp "%CP%" io.mediajobs.cli.Main %*
exit /b %ERRORLEVEL%
